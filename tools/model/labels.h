// SPDX-License-Identifier: Apache-2.0
// The labels of a sample, key by key.
#pragma once

#include <cstddef>
#include <span>

#include "format/profile.h"

namespace vole::model {

inline bool is_number(const format::label& l) { return l.str == format::kEmptyString; }

// Calls visit(span of labels) for each run of labels with one key and one kind. Expects the order
// that decode_profile leaves: texts before numbers, each by key; so a run holds all values of its
// key.
template <class Visit>
void for_each_label_run(std::span<const format::label> labels, Visit&& visit) {
  for (std::size_t begin = 0, end = 0; begin < labels.size(); begin = end) {
    while (end < labels.size() && labels[end].key == labels[begin].key &&
           is_number(labels[end]) == is_number(labels[begin])) {
      ++end;
    }
    visit(labels.subspan(begin, end - begin));
  }
}

}  // namespace vole::model
