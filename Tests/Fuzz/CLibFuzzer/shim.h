#include <stddef.h>
#include <stdint.h>

/* libFuzzer as a library: the toolchain has the archive, but no header that declares this. */
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));
