/* The simulator's link keeps the contract that the real one keeps. */
#include <string.h>

#include "tests/contract/link_contract.h"
#include "tests/sim/link_fake.h"
#include "tests/sim/world.h"

enum { PASS_MS = 10, PASSES_MAX = 500 };

/* Nothing is secret here: a key is as good as its number. */
static void keys(uint8_t public_key[LINK_KEY_BYTES], uint8_t secret_key[LINK_KEY_BYTES])
{
    static uint8_t last;
    last++;
    memset(public_key, last, LINK_KEY_BYTES);
    memset(secret_key, last, LINK_KEY_BYTES);
}

static void pass(void)
{
    world.now_ms += PASS_MS;
}

int main(void)
{
    const struct link_contract contract = {
        .listen_endpoint = "tcp://fake:1", .keys = keys, .pass = pass, .passes_max = PASSES_MAX};
    world_init(1);
    link_fake_reset();
    return link_contract_run(&contract);
}
