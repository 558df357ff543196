// SPDX-License-Identifier: Apache-2.0
// Two columns of a matrix: strides over each other's rows.
#include "../unordered.h"

int matrix[40][4];
int main() {
  both(
      [] {
        for (auto& row : matrix) row[1] = 1;
      },
      [] {
        for (auto& row : matrix) row[2] = 2;
      });
  return 0;
}
