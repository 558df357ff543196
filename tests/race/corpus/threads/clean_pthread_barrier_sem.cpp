// SPDX-License-Identifier: Apache-2.0
// pthread's barrier, spin lock and POSIX semaphores.
#include <pthread.h>
#include <semaphore.h>

pthread_barrier_t both;
pthread_spinlock_t spin;
sem_t ready;
int value = 0, other_value = 0;
void* work(void*) {
  value = 1;
  pthread_barrier_wait(&both);
  pthread_spin_lock(&spin);
  ++other_value;
  pthread_spin_unlock(&spin);
  value = 3;
  sem_post(&ready);
  return nullptr;
}
int main() {
  pthread_barrier_init(&both, nullptr, 2);
  pthread_spin_init(&spin, 0);
  sem_init(&ready, 0, 0);
  pthread_t thread;
  pthread_create(&thread, nullptr, work, nullptr);
  pthread_barrier_wait(&both);
  pthread_spin_lock(&spin);
  ++other_value;
  pthread_spin_unlock(&spin);
  sem_wait(&ready);
  const int seen = value;
  pthread_join(thread, nullptr);
  return seen - 3;
}
