/* store_contract: what every implementation of io/store.h must do, as cases for cmocka. */
#ifndef TESTS_CONTRACT_STORE_CONTRACT_H
#define TESTS_CONTRACT_STORE_CONTRACT_H

/* Runs all cases against the implementation that is linked; the number of failures. */
int store_contract_run(void);

#endif
