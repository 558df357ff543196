// SPDX-License-Identifier: Apache-2.0
// The imaginary half of a complex number.
#include <complex>

#include "../unordered.h"

std::complex<double> value;
int main() {
  both([] { value = {1, 2}; }, [] { value.imag(3); });
  return 0;
}
