#include "engine/task_id.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using apimall::engine::TaskId;

TEST_CASE("a task id is the same text at any length, copied or moved") {
  for (const std::size_t length : {0, 1, 30, 39, 40, 41, 64, 256}) {
    CAPTURE(length);
    const std::string text(length, 'x');
    TaskId id = text;
    CHECK(id.empty() == text.empty());
    CHECK(id == text);
    CHECK_FALSE(id == text + "y");

    const TaskId copy = id;
    const TaskId moved = std::move(id);
    CHECK(copy == text);
    CHECK(moved == text);
    CHECK(copy.view().data() != moved.view().data());
  }
}

TEST_CASE("assigning a task id lets go of the former one") {
  const std::string brief = "img_1";
  const std::string lengthy(200, 'i');
  for (const std::string& first : {brief, lengthy}) {
    for (const std::string& second : {brief, lengthy}) {
      TaskId id = first;
      id = TaskId(second);
      CHECK(id == second);
      const TaskId& itself = id;
      id = itself;
      CHECK(id == second);
    }
  }
}

TEST_CASE("task ids stay what they are while a table of them grows") {
  std::vector<TaskId> ids;
  for (std::size_t length = 0; length < 100; ++length) ids.emplace_back(std::string(length, 'a'));
  for (std::size_t length = 0; length < 100; ++length) CHECK(ids[length] == std::string(length, 'a'));
}
