#include "engine/schedule/learned_format.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace apimall::engine::schedule {
namespace {

using Row = std::array<float, kBins>;

constexpr std::string_view kMagic = "APML";
constexpr std::uint8_t kVersion = 1;
constexpr double kSteps = 65535;
constexpr float kMostTasks = 1e6F;     // more than any window remembers; and more than any exposure in use
constexpr double kHeldTasks = 200;     // what an import may at most outweigh, so that news can still move it
constexpr float kLogDuration = 25.0F;  // |ln seconds| beyond any duration

std::uint32_t fnv1a(std::string_view bytes) {
  std::uint32_t hash = 2166136261U;
  for (const char c : bytes) hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619U;
  return hash;
}

class Writer {
 public:
  void u8(std::size_t v) { bytes.push_back(static_cast<char>(static_cast<std::uint8_t>(v))); }
  void u16(std::size_t v) { u8(v & 255), u8(v >> 8 & 255); }
  void u32(std::uint32_t v) { u16(v & 65535U), u16(v >> 16); }
  void f32(double v) { u32(std::bit_cast<std::uint32_t>(static_cast<float>(v))); }

  void row(const Row& values) {
    const auto used = [](float v) { return v > 0; };
    const auto first = std::find_if(values.begin(), values.end(), used);
    const auto end = std::find_if(values.rbegin(), values.rend(), used).base();
    if (first == values.end()) return u8(0), u8(0);
    const float scale = *std::max_element(first, end);
    u8(static_cast<std::size_t>(first - values.begin()));
    u8(static_cast<std::size_t>(end - first));
    f32(static_cast<double>(scale));
    for (auto v = first; v != end; ++v) {
      u16(static_cast<std::size_t>(std::lround(static_cast<double>(std::max(*v, 0.0F) / scale) * kSteps)));
    }
  }

  std::string bytes;
};

/// Reads until something is missing or makes no sense; after that `ok` is false and all values are zero.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  void check(bool sense) { ok_ = ok_ && sense; }

  std::string_view text(std::size_t size) {
    check(rest_.size() >= size);
    if (!ok_) return {};
    const std::string_view result = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return result;
  }
  std::uint8_t u8() {
    const std::string_view byte = text(1);
    return ok_ ? static_cast<std::uint8_t>(byte[0]) : std::uint8_t{0};
  }
  std::uint16_t u16() {
    const unsigned low = u8();
    return static_cast<std::uint16_t>(low | static_cast<unsigned>(u8()) << 8);
  }
  std::uint32_t u32() {
    const std::uint32_t low = u16();
    return low | std::uint32_t{u16()} << 16;
  }
  float f32(float least, float most) {
    const float value = std::bit_cast<float>(u32());
    check(value >= least && value <= most);  // false for NaN
    return ok_ ? value : 0;
  }
  Row row() {
    Row values{};
    const std::size_t first = u8();
    const std::size_t count = u8();
    check(first + count <= values.size());
    if (count == 0) return values;
    const float scale = f32(0, kMostTasks);
    for (std::size_t i = 0; i < count && ok_; ++i) values[first + i] = static_cast<float>(scale * (u16() / kSteps));
    return values;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

void write_model(Writer& out, std::string_view name, const Evidence& evidence) {
  Row events = evidence.events;
  for (float& e : events) e = static_cast<float>(e / evidence.weight);
  Row exposures = evidence.exposures();
  // Growing weights leave dents in a curve that should only fall; the reader wants it falling.
  for (std::size_t i = exposures.size() - 1; i-- > 0;) exposures[i] = std::max(exposures[i], exposures[i + 1]);
  out.u8(name.size());
  out.bytes += name;
  out.f32(evidence.tasks());
  out.f32(evidence.mass > 0 ? evidence.log_sum / evidence.mass : 0);
  out.row(events);
  out.row(exposures);
}

Evidence read_model(Reader& in) {
  Evidence evidence;
  const double tasks = static_cast<double>(in.f32(0, kMostTasks));
  const double mean_log = static_cast<double>(in.f32(-kLogDuration, kLogDuration));
  const Row events = in.row();
  const Row exposures = in.row();
  const double keep = tasks > kHeldTasks ? kHeldTasks / tasks : 1;
  evidence.mass = tasks * keep;
  evidence.log_sum = evidence.mass * mean_log;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const float above = i + 1 < exposures.size() ? exposures[i + 1] : 0;
    in.check(exposures[i] >= above);
    evidence.events[i] = static_cast<float>(events[i] * keep);
    evidence.exposure_ends[i] = static_cast<float>((exposures[i] - above) * keep);
  }
  return evidence;
}

}  // namespace

std::string write_learned(const ModelTable& models) {
  std::vector<std::uint32_t> worth;
  for (std::uint32_t i = 0; i < models.size(); ++i) {
    if (models[i].evidence().mass > 0 && models.name(i).size() < 256) worth.push_back(i);
  }
  Writer out;
  out.bytes = kMagic;
  out.u8(kVersion);
  out.u16(worth.size());
  for (const std::uint32_t i : worth) write_model(out, models.name(i), models[i].evidence());
  out.u32(fnv1a(out.bytes));
  return std::move(out.bytes);
}

bool read_learned(std::string_view bytes, ModelTable& models) {
  constexpr std::size_t kSumSize = 4;
  if (bytes.size() < kSumSize) return false;
  Reader sum(bytes.substr(bytes.size() - kSumSize));
  bytes.remove_suffix(kSumSize);
  if (sum.u32() != fnv1a(bytes)) return false;

  Reader in(bytes);
  in.check(in.text(kMagic.size()) == kMagic);
  in.check(in.u8() == kVersion);
  const std::size_t count = in.u16();
  in.check(count <= ModelTable::kMost);
  std::vector<std::pair<std::string_view, Evidence>> read;
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    const std::string_view name = in.text(in.u8());
    read.emplace_back(name, read_model(in));
  }
  if (!in.ok() || !in.at_end()) return false;
  for (const auto& [name, evidence] : read) {
    const std::uint32_t model = models.find_or_make(name);
    if (model == kPool && !name.empty()) continue;
    if (!(models[model].evidence().mass > 0)) models[model].adopt(evidence);
  }
  return true;
}

}  // namespace apimall::engine::schedule
