#include "tools/demo_list.h"

#include <assert.h>
#include <strings.h>

#include "tools/demo_abc.h"
#include "tools/demo_jobtown.h"
#include "tools/demo_lubuskie.h"
#include "tools/demo_zmp.h"

static const struct demo_programme *const list[DEMO_LIST_COUNT] = {
    &demo_abc_programme, &demo_zmp_programme, &demo_jobtown_programme, &demo_lubuskie_programme};

const struct demo_programme *demo_list_at(uint32_t index)
{
    assert(index < DEMO_LIST_COUNT);
    return list[index];
}

uint32_t demo_list_find(const char *name)
{
    uint32_t index = 0;
    while (index < DEMO_LIST_COUNT && strcasecmp(list[index]->id, name) != 0) {
        index++;
    }
    return index;
}
