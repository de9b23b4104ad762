/* The simulator's feed keeps the contract that the real one keeps. */
#include "tests/contract/feed_contract.h"
#include "tests/sim/feed_fake.h"
#include "tests/sim/world.h"

enum { PASS_MS = 10, PASSES_MAX = 500 };

static void pass(void)
{
    world.now_ms += PASS_MS;
}

int main(void)
{
    const struct feed_contract contract = {
        .endpoint = "ipc://fake", .pass = pass, .passes_max = PASSES_MAX};
    world_init(1);
    feed_fake_reset();
    return feed_contract_run(&contract);
}
