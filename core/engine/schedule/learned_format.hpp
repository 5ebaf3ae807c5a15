// What has been learned, as bytes for a later process.
//
// Version 1, all numbers little-endian: "APML", a byte of version, a u16 count of models; per model a byte-counted
// name, f32 tasks, f32 mean log duration, then the row of events and the row of exposures; at the end a u32 FNV-1a of
// all before it. A row is a byte for the first bin in use, a byte for how many are, an f32 scale and as many u16 in
// units of scale/65535. Everything is written in units of the model's present weight, so that the reader starts with
// weight one.
#pragma once

#include <string>
#include <string_view>

#include "engine/schedule/model_table.hpp"

namespace apimall::engine::schedule {

std::string write_learned(const ModelTable& models);

/// All or nothing: checks everything before it changes anything. Models that have learned something keep it.
bool read_learned(std::string_view bytes, ModelTable& models);

}  // namespace apimall::engine::schedule
