/* Runs the conversation against a planted bug and passes when some seed finds it: by a broken
 * invariant, or by an assertion of a machine. The search runs in a child, which may abort. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/core_ingest/conversation.h"

enum { SEEDS = 2000, FOUND = 3 };

static int search(void)
{
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct conversation_result result;
        conversation_run(seed, &result);
        if (result.broken) {
            printf("found by seed %" PRIu64 " at %" PRIu64 " ms: %s\n", seed, result.at_ms,
                   result.broken);
            fflush(stdout);
            return FOUND;
        }
    }
    return 0;
}

int main(void)
{
    fflush(stdout);
    const pid_t child = fork();
    if (child < 0) {
        perror("fork");
        return 1;
    }
    if (child == 0) {
        _exit(search());
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            perror("waitpid");
            return 1;
        }
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == FOUND) {
        return 0;
    }
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT) {
        printf("found by an assertion\n");
        return 0;
    }
    printf("not found in %d seeds, status %d\n", SEEDS, status);
    return 1;
}
