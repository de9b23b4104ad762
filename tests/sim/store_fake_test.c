/* The simulator's store keeps the contract that the real one keeps. */
#include "tests/contract/store_contract.h"

int main(void)
{
    return store_contract_run();
}
