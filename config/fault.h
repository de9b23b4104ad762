/* fault: what is wrong in a configuration file, where, and what to do. */
#ifndef CONFIG_FAULT_H
#define CONFIG_FAULT_H

#include <stdint.h>

struct config_fault {
    uint32_t line, column; /* from 1; 0: the whole file */
    char text[512]; /* "unknown key \"endpont\" in \"listen\" (did you mean \"endpoint\"?)" */
};

#endif
