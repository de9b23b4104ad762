#include "io/quiet.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>

enum err quiet_do(enum err (*work)(void *context), void *context)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    const int rc = pthread_sigmask(SIG_SETMASK, &all, &before);
    assert(rc == 0);
    const enum err err = work(context);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return err;
}
