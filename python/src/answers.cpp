#include "answers.hpp"

#include "package.hpp"
#include "values.hpp"

namespace apimall_python {
namespace {

PyObject* bytes(const char* data, std::size_t size) {
  return PyBytes_FromStringAndSize(data, static_cast<Py_ssize_t>(size));
}

PyObject* path(const char* data, std::size_t size) {
#if defined(_WIN32)
  return text_or_none(data, size);
#else
  // As os.fsdecode: a folder need not be UTF-8.
  return PyUnicode_DecodeFSDefaultAndSize(data, static_cast<Py_ssize_t>(size));
#endif
}

PyObject* status(std::int32_t number, const char* word, std::size_t size) {
  static PackageName of("apimall._status", "status_from");
  PyObject* make = of.get();
  return make == nullptr ? nullptr
                         : PyObject_CallFunction(make, "iN", static_cast<int>(number), text_or_none(word, size));
}

/// A tuple of `count` objects, each from `item(i)`.
template <typename Item>
PyObject* tuple_of(std::size_t count, Item&& item) {
  PyObject* tuple = PyTuple_New(static_cast<Py_ssize_t>(count));
  for (std::size_t i = 0; tuple != nullptr && i < count; ++i) {
    PyObject* made = item(i);
    if (made == nullptr) {
      Py_CLEAR(tuple);
    } else {
      PyTuple_SET_ITEM(tuple, static_cast<Py_ssize_t>(i), made);
    }
  }
  return tuple;
}

PyObject* make_history_item(const apimall_image_history* history, std::size_t index) {
  static PackageName type("apimall._answers", "HistoryItem");
  PyObject* make = type.get();
  if (make == nullptr) return nullptr;
  apimall_image_history_item_fields f = APIMALL_IMAGE_HISTORY_ITEM_FIELDS_INIT;
  apimall_image_history_item(history, index, &f);
  return PyObject_CallFunction(
      make, "NNNNNNNNN", text_or_none(f.task_id, f.task_id_len), text_or_none(f.model, f.model_len),
      text_or_none(f.source, f.source_len), status(f.status, f.status_text, f.status_text_len),
      text_or_none(f.image_url, f.image_url_len), number_or_none(f.credits_used), number_or_none(f.credits_refunded),
      datetime_or_none(f.created_at_ms), datetime_or_none(f.completed_at_ms));
}

PyObject* make_file(const apimall_download* download, std::size_t index) {
  static PackageName type("apimall._answers", "DownloadedFile");
  PyObject* make = type.get();
  if (make == nullptr) return nullptr;
  apimall_download_file_fields f = APIMALL_DOWNLOAD_FILE_FIELDS_INIT;
  apimall_download_file(download, index, &f);
  return PyObject_CallFunction(make, "NNNK", path(f.path, f.path_len), text_or_none(f.url, f.url_len),
                               text_or_none(f.media_type, f.media_type_len), static_cast<unsigned long long>(f.bytes));
}

}  // namespace

PyObject* make_generation(const apimall_generation* generation) {
  static PackageName type("apimall._answers", "Generation");
  PyObject* make = type.get();
  if (make == nullptr) return nullptr;
  apimall_generation_fields f = APIMALL_GENERATION_FIELDS_INIT;
  apimall_generation_view(generation, &f);
  const char* json = nullptr;
  std::size_t json_len = 0;
  apimall_generation_json(generation, &json, &json_len);
  return PyObject_CallFunction(make, "NNNNNNN", text_or_none(f.task_id, f.task_id_len),
                               text_or_none(f.model, f.model_len), number_or_none(f.credits_used),
                               number_or_none(f.remaining_credits),
                               text_or_none(f.provider_request_id, f.provider_request_id_len),
                               text_or_none(f.request_id, f.request_id_len), bytes(json, json_len));
}

PyObject* make_history(const apimall_image_history* history) {
  static PackageName type("apimall._answers", "HistoryPage");
  PyObject* make = type.get();
  if (make == nullptr) return nullptr;
  apimall_image_history_fields f = APIMALL_IMAGE_HISTORY_FIELDS_INIT;
  apimall_image_history_view(history, &f);
  PyObject* items = tuple_of(f.item_count, [&](std::size_t i) { return make_history_item(history, i); });
  if (items == nullptr) return nullptr;
  const char* json = nullptr;
  std::size_t json_len = 0;
  apimall_image_history_json(history, &json, &json_len);
  return PyObject_CallFunction(make, "NiiNN", items, static_cast<int>(f.page), static_cast<int>(f.page_size),
                               text_or_none(f.request_id, f.request_id_len), bytes(json, json_len));
}

PyObject* make_balances(const apimall_account_balances* balances) {
  static PackageName type("apimall._answers", "Balances");
  PyObject* make = type.get();
  if (make == nullptr) return nullptr;
  apimall_account_balances_fields f = APIMALL_ACCOUNT_BALANCES_FIELDS_INIT;
  apimall_account_balances_view(balances, &f);
  return PyObject_CallFunction(make, "NNN", number_or_none(f.credits), number_or_none(f.api_credits),
                               text_or_none(f.request_id, f.request_id_len));
}

PyObject* make_download(const apimall_download* download) {
  static PackageName type("apimall._answers", "Download");
  PyObject* make = type.get();
  if (make == nullptr) return nullptr;
  apimall_download_fields f = APIMALL_DOWNLOAD_FIELDS_INIT;
  apimall_download_view(download, &f);
  PyObject* files = tuple_of(f.file_count, [&](std::size_t i) { return make_file(download, i); });
  if (files == nullptr) return nullptr;
  return PyObject_CallFunction(make, "NNK", text_or_none(f.task_id, f.task_id_len), files,
                               static_cast<unsigned long long>(f.total_bytes));
}

}  // namespace apimall_python
