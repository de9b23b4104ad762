/* mapping_file: a mapping's YAML to a struct mapping_spec.
 *
 *   mapping: sm-efs-2021
 *   other_columns: ignore | refuse
 *   columns:
 *     - {column: "Data rozpoczęcia", as: occurred_on}
 *     - {as: kind, constant: enrolled}
 *     - {column: "Płeć", as: sex, values: [{from: Kobieta, to: woman}]} */
#ifndef CONFIG_MAPPING_FILE_H
#define CONFIG_MAPPING_FILE_H

#include "config/fault.h"
#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/mapping/mapping.h"

/* Fills *out, which borrows from the arena. Errors: ERR_CONFIG with *fault filled, ERR_NOT_FOUND,
 * ERR_IO, ERR_FULL. */
MUST_CHECK enum err mapping_file_load(const char *path, struct arena *arena,
                                      struct mapping_spec *out, struct config_fault *fault);

#endif
