// Snapshots from other sources than an answer of the gateway to this request.
#include <string>

#include "wire/json_text.hpp"
#include "wire/response.hpp"

namespace apimall::wire {
namespace {

std::string_view word_for(const Sighting& sighting) {
  switch (sighting.status) {
    case Status::pending:
      return "pending";
    case Status::processing:
      return "processing";
    case Status::completed:
      return "completed";
    case Status::failed:
      return "failed";
    case Status::unknown:
      break;
  }
  return sighting.status_text.empty() ? "unknown" : sighting.status_text;
}

void append_text(std::string& json, std::string_view key, std::string_view text) {
  json += key;
  append_json_string(json, text);
}

}  // namespace

Result<ImageTaskRef> parse_image_task(std::string_view json) {
  std::string padded(json);
  padded.resize(json.size() + body_padding, ' ');
  Response response;
  response.status = 200;
  response.body = std::string_view(padded).substr(0, json.size());
  Result<ImageTaskRef> task = Parser().image_task(response, {});
  if (!task) task.error().http_status = 0;  // no gateway answered
  return task;
}

ImageTaskRef recall(const Sighting& sighting) {
  std::string json = R"({"success":true,"data":{"task_id":)";
  append_json_string(json, sighting.task_id);
  if (!sighting.model.empty()) append_text(json, R"(,"model":)", sighting.model);
  append_text(json, R"(,"status":)", word_for(sighting));
  if (sighting.credits_used) json += R"(,"credits_used":)" + std::to_string(*sighting.credits_used);
  if (sighting.created_at_ms) append_text(json, R"(,"created_at":)", format_timestamp(*sighting.created_at_ms));
  if (sighting.updated_at_ms) append_text(json, R"(,"updated_at":)", format_timestamp(*sighting.updated_at_ms));
  json += "}}";
  Result<ImageTaskRef> task = parse_image_task(json);
  return task ? *task : ImageTaskRef();
}

}  // namespace apimall::wire
