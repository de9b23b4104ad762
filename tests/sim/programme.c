#include "tests/sim/programme.h"

#include <assert.h>
#include <stdio.h>

const char programme_id[] = "SIM";
const char *const programme_partners[] = {"LEAD", "PA", "PB"};
const char *const programme_tasks[] = {"T1", "T2"};
const char *const programme_region_codes[] = {"PL-2011", "PL-2061", "PL-2062"};
const char *const programme_statuses[] = {"employed", "jobless"};
const char *const programme_supports[] = {"course", "advice"};
const char *const programme_activities[] = {"meeting", "visit"};

const char programme_regions[] = "code;name;level;parent;valid_from;valid_to\n"
                                 "PL-20;podlaskie;voivodeship;;;\n"
                                 "PL-2011;sokólski;county;PL-20;;\n"
                                 "PL-2061;Białystok;county;PL-20;;\n"
                                 "PL-2062;Łomża;county;PL-20;;\n";

static const char text[] =
    "programme: SIM\n"
    "title: \"Simulated programme, version %u\"\n"
    "starts_on: 2023-01-01\n"
    "ends_on: 2024-12-31\n"
    "lead: LEAD\n"
    "partners:\n"
    "  - {id: LEAD, title: Lead}\n"
    "  - {id: PA, title: Partner A}\n"
    "  - {id: PB, title: Partner B}\n"
    "tasks:\n"
    "  - {id: T1, title: Task 1}\n"
    "  - {id: T2, title: Task 2}\n"
    "vocabulary:\n"
    "  support:\n"
    "    - {id: course, title: Course}\n"
    "    - {id: advice, title: Advice%s}\n"
    "  outcome: [{id: job, title: Job}]\n"
    "  activity: [{id: meeting, title: Meeting}, {id: visit, title: Visit}]\n"
    "  unit: [{id: h, title: Hour}]\n"
    "  status: [{id: employed, title: Employed}, {id: jobless, title: Jobless}]\n"
    "age_bands:\n"
    "  - {id: 0-29, from: 0, to: 29}\n"
    "  - {id: 30-49, from: 30, to: 49}\n"
    "  - {id: 50+, from: 50, to: 130}\n"
    "indicators:\n"
    "  - {id: people, title: People enrolled, unit: person, count: persons,\n"
    "     where: {kind: [enrolled]}}\n"
    "  - {id: started, title: People who started, unit: person, count: persons,\n"
    "     where: {kind: [started]}}\n"
    "  - {id: homes, title: People by home, unit: person, count: persons, region: home,\n"
    "     where: {kind: [started, completed]}}\n"
    "  - {id: seats, title: Seats, unit: person, count: participations,\n"
    "     where: {kind: [started, completed], support: [course]}}\n"
    "  - {id: meetings, title: Meetings, unit: event, count: occurrences,\n"
    "     where: {kind: [activity], activity: [meeting]}}\n"
    "  - {id: hours, title: Hours, unit: h, count: quantity,\n"
    "     where: {unit: [h]}}\n"
    "  - {id: firms, title: Firms, unit: entity, count: persons,\n"
    "     where: {kind: [activity]}}\n"
    "  - {id: share, title: Who started of those enrolled, unit: percent, count: ratio,\n"
    "     of: started, per: people}\n"
    "  - {id: pace, title: Hours a month, unit: h, count: mean, of: hours, over: month}\n"
    "%s"
    "live:\n"
    "  - {indicator: people, by: [partner]}\n"
    "  - {indicator: people, by: [sex, age]}\n"
    "  - {indicator: people, by: [region, status], level: county}\n"
    "  - {indicator: started, by: [task, sex]}\n"
    "%s"
    "  - {indicator: started, by: [partner, status]}\n"
    "  - {indicator: homes, by: [region], level: county}\n"
    "  - {indicator: seats, by: [partner]}\n"
    "  - {indicator: seats, by: [region, month], level: county}\n"
    "  - {indicator: meetings, by: [region, month], level: county}\n"
    "  - {indicator: hours, by: [partner, task]}\n"
    "  - {indicator: hours, by: [month]}\n"
    "  - {indicator: share, by: [partner]}\n"
    "  - {indicator: pace, by: [partner]}\n"
    "  - {indicator: firms, by: [partner]}\n";

void programme_yaml(uint32_t version, char out[PROGRAMME_YAML_BYTES])
{
    const int size = snprintf(
        out, PROGRAMME_YAML_BYTES, text, version, version >= 2 ? ", valid_to: 2023-09-11" : "",
        version >= 3 ? "  - {id: ends, title: Ends, unit: event, count: occurrences,\n"
                       "     where: {kind: [completed]}}\n"
                     : "",
        version != 2 ? "  - {indicator: started, by: [age]}\n" : "");
    assert(size > 0 && size < PROGRAMME_YAML_BYTES);
}
