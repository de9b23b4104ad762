/* Stands in for libFuzzer: runs a target over a folder of inputs and over deterministic mutations
 * of each, so that every build tries the same. Use: target FOLDER [mutations of each file]. */
#include <assert.h>
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_BYTES_MAX = 1 << 16, FILES_MAX = 256, MUTATIONS = 2000, CHANGES_MAX = 4 };

struct input {
    size_t size;
    uint8_t data[INPUT_BYTES_MAX];
};

/* xorshift64*: the same numbers on every machine. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1du;
}

static size_t below(uint64_t *state, size_t end)
{
    return end == 0 ? 0 : (size_t)(next_random(state) % end);
}

/* Copies a piece of the input to another place in it, over what is there or in between. */
static void copy_piece(struct input *input, uint64_t *state, int insert)
{
    uint8_t piece[64];
    const size_t from = below(state, input->size), to = below(state, input->size);
    size_t size = 1 + below(state, sizeof piece);
    size = size > input->size - from ? input->size - from : size;
    memcpy(piece, input->data + from, size);
    if (insert) {
        size = size > INPUT_BYTES_MAX - input->size ? INPUT_BYTES_MAX - input->size : size;
        memmove(input->data + to + size, input->data + to, input->size - to);
        input->size += size;
    }
    size = size > input->size - to ? input->size - to : size;
    memcpy(input->data + to, piece, size);
}

static void mutate(struct input *input, uint64_t *state)
{
    static const uint8_t telling[] = {0x00, 0x01, 0x7f, 0x80, 0xff, '\n', '"', 0xc0};
    const size_t at = below(state, input->size);
    switch (next_random(state) % 6) {
    case 0:
        input->data[at] ^= (uint8_t)(1 << next_random(state) % 8);
        break;
    case 1:
        input->data[at] = telling[next_random(state) % sizeof telling];
        break;
    case 2:
        input->data[at] = (uint8_t)(input->data[at] + 1 - 2 * (next_random(state) & 1));
        break;
    case 3: {
        const size_t size = 1 + below(state, 8);
        const size_t cut = size > input->size - at ? input->size - at : size;
        memmove(input->data + at, input->data + at + cut, input->size - at - cut);
        input->size -= cut;
        break;
    }
    case 4:
        copy_piece(input, state, 0);
        break;
    default:
        copy_piece(input, state, 1);
        break;
    }
}

/* In a block of the input's own size, so that the sanitizer sees a read beyond its end. */
static void run(const struct input *input)
{
    uint8_t *block = malloc(input->size + 1);
    if (block == NULL) {
        fprintf(stderr, "out of memory\n");
        exit(70);
    }
    memcpy(block + 1, input->data, input->size);
    (void)LLVMFuzzerTestOneInput(block + 1, input->size);
    free(block);
}

static void replay(const struct input *original, uint64_t seed, long mutations)
{
    static struct input input;
    uint64_t state = seed * 0x9e3779b97f4a7c15u + 1;
    run(original);
    for (long i = 0; i < mutations; i++) {
        input = *original;
        const size_t changes = 1 + below(&state, CHANGES_MAX);
        for (size_t k = 0; k < changes && input.size > 0; k++) {
            mutate(&input, &state);
        }
        run(&input);
    }
}

static int read_input(const char *folder, const char *name, struct input *out)
{
    char path[4096];
    const int size = snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = size > 0 && (size_t)size < sizeof path ? fopen(path, "rb") : NULL;
    if (file == NULL) {
        return -1;
    }
    out->size = fread(out->data, 1, sizeof out->data, file);
    return fclose(file);
}

static int is_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
    static struct input input;
    struct dirent **entries = NULL;
    const int count = argc < 2 ? -1 : scandir(argv[1], &entries, is_file, alphasort);
    const long mutations = argc < 3 ? MUTATIONS : strtol(argv[2], NULL, 10);
    if (count <= 0) {
        fprintf(stderr, "usage: %s FOLDER [MUTATIONS]; the folder holds inputs\n", argv[0]);
        return 64;
    }
    for (int i = 0; i < count; i++) {
        if (read_input(argv[1], entries[i]->d_name, &input) != 0) {
            fprintf(stderr, "cannot read %s/%s\n", argv[1], entries[i]->d_name);
            return 66;
        }
        replay(&input, (uint64_t)i + 1, mutations);
        free(entries[i]);
    }
    free(entries);
    printf("%d inputs, %ld mutations of each\n", count, mutations);
    return 0;
}
