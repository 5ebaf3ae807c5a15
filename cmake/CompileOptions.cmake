# What every target of the project is compiled with; link `apimall_options` to get it.
add_library(apimall_options INTERFACE)
target_compile_features(apimall_options INTERFACE cxx_std_20 c_std_99)

if(MSVC)
  target_compile_options(apimall_options INTERFACE /W4 /permissive- $<$<BOOL:${APIMALL_WERROR}>:/WX>)
else()
  target_compile_options(apimall_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
                                                   $<$<BOOL:${APIMALL_WERROR}>:-Werror>)
endif()

if(APIMALL_SANITIZE)
  target_compile_options(apimall_options INTERFACE -fsanitize=${APIMALL_SANITIZE} -fno-omit-frame-pointer
                                                   -fno-sanitize-recover=all)
  target_link_options(apimall_options INTERFACE -fsanitize=${APIMALL_SANITIZE})
endif()

set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
