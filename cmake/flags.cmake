# Warnings of habit, as errors; sanitizers and hardening by build type. Assertions stay on everywhere,
# so the build types are our own: CMake's Release would add NDEBUG.
add_library(ogniwo_flags INTERFACE)
target_compile_definitions(ogniwo_flags INTERFACE _GNU_SOURCE OGNIWO_VERSION="${PROJECT_VERSION}")
target_compile_options(ogniwo_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes
    -Wmissing-prototypes -Wswitch-enum -Wformat=2 -Wvla -Wundef -Wimplicit-fallthrough -Werror
    -fno-strict-aliasing -fno-omit-frame-pointer -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)
set(sanitize -fsanitize=address,undefined -fno-sanitize-recover=all)
set(harden -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong
    -fstack-clash-protection -fcf-protection=full)
target_compile_options(ogniwo_flags INTERFACE
    $<$<CONFIG:Sanitized>:-O1;-g;${sanitize}>
    $<$<CONFIG:Hardened>:-O2;-g;${harden}>
    $<$<CONFIG:Fuzzing>:-O1;-g;${sanitize};-fsanitize=fuzzer-no-link>)
target_link_options(ogniwo_flags INTERFACE
    $<$<CONFIG:Sanitized>:${sanitize}>
    $<$<CONFIG:Hardened>:-pie;-Wl,-z,relro,-z,now,-z,noexecstack>
    $<$<CONFIG:Fuzzing>:${sanitize}>)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
