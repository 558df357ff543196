// SPDX-License-Identifier: Apache-2.0
// Says where the bytes of a profile leave the rules of the protobuf encoding.
//
// libprotobuf answers only yes or no; a person with a damaged file needs the offset and the field.
// The rules are those of Go's decoder, stricter than libprotobuf's in three points: a known field
// of the wrong wire type is an error, so is a second time_nanos (two files pasted together), so is
// a string table that does not start with "".
#pragma once

#include <string>
#include <string_view>

namespace vole::model {

// Empty if `bytes` (inflated) are a well-formed message Profile; else "offset 12:
// Profile.sample[0].value: ...". Offsets count from the start of the inflated data. Linear;
// allocates only for the message.
std::string check_wire(std::string_view bytes);

}  // namespace vole::model
