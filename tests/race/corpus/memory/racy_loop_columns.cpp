// SPDX-License-Identifier: Apache-2.0
// A column of a matrix against the element where it meets a row.
#include "../unordered.h"

int matrix[40][4];
int main() {
  both(
      [] {
        for (auto& row : matrix) row[1] = 1;
      },
      [] {
        for (int& one : matrix[39]) one = 2;
      });
  return 0;
}
