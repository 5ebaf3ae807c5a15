// apimall for C++17 and later: a header over the C interface, with handles that free themselves and errors that throw.
//
//   apimall::Client client(apimall::Config::from_env());
//   const apimall::Generation started = client.generate(R"({"model": "nano-banana", "prompt": "a red fox"})");
//   const apimall::ImageTask task = client.wait(started.task_id());
//   for (std::string_view url : task.result_urls()) std::cout << url << '\n';
//
// A failed image task is no error: `wait` returns it, with `status()` failed. What throws is `apimall::Error`, for an
// observation that failed. Text that a method returns is borrowed from the object, as a `std::string_view`, until the
// object goes. `get()` lends the raw handle of any object to C code; `release()` gives it away.
#pragma once

#include "parts/answers.hpp"
#include "parts/client.hpp"
#include "parts/config.hpp"
#include "parts/download.hpp"
#include "parts/enums.hpp"
#include "parts/error.hpp"
#include "parts/history.hpp"
#include "parts/image_task.hpp"
#include "parts/options.hpp"
#include "parts/poller.hpp"
