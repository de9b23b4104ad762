#include "config/programme_sums.h"

static bool has_number(const struct target *target)
{
    return target->op != TARGET_NONE && target->op != TARGET_TEEN && target->op != TARGET_PER;
}

static bool same_scope(const struct target *a, const struct target *b)
{
    return a->kind == b->kind && a->task == b->task && a->partner == b->partner &&
           a->from_on == b->from_on && a->to_on == b->to_on && bytes_equal(a->region, b->region);
}

/* The newest version of the indicator's target of the same kind and scope, or null; of two of one
 * day the later in the file. */
static const struct target *newest(const struct programme *self, uint32_t indicator,
                                   const struct target *like)
{
    const struct target *found = NULL;
    for (uint32_t i = 0; i < self->target_count; i++) {
        const struct target *target = &self->targets[i];
        if (target->indicator == indicator && same_scope(target, like) &&
            (found == NULL || target->as_of >= found->as_of)) {
            found = target;
        }
    }
    return found;
}

/* Whether all parts have a number; fills *sum. */
static bool add_up(const struct programme *self, struct programme_sum *sum)
{
    for (uint32_t i = 0; i < self->indicator_count; i++) {
        if (self->indicators[i].part_of != sum->whole->indicator) {
            continue;
        }
        const struct target *part = newest(self, i, sum->whole);
        if (part == NULL || !has_number(part)) {
            return false;
        }
        sum->part_count++;
        sum->parts += part->value;
        sum->parts_to += part->value_to;
    }
    return sum->part_count > 0;
}

void programme_sums_differing(const struct programme *self, programme_sums_visit *visit,
                              void *context)
{
    for (uint32_t i = 0; i < self->target_count; i++) {
        const struct target *whole = &self->targets[i];
        struct programme_sum sum = {.whole = whole};
        const bool wanted = whole->indicator != CODE_NONE &&
                            self->indicators[whole->indicator].parts_sum && has_number(whole) &&
                            newest(self, whole->indicator, whole) == whole;
        if (wanted && add_up(self, &sum) &&
            (sum.parts != whole->value || sum.parts_to != whole->value_to)) {
            visit(context, &sum);
        }
    }
}
