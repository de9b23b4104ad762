// duckdb: a client by @duckdb/node-api.
//
//   node duckdb.js DATABASE CSV JOB BATCH MODE      JOB: ingest | rebuild
const { DuckDBInstance } = require('@duckdb/node-api');
const fs = require('fs');
const [, , database, csv, job, batchText, mode] = process.argv;
const M = (1n << 64n) - 1n;

const COLUMNS = {
    partner: 'SMALLINT', seq: 'BIGINT', event_id: 'VARCHAR', person: 'VARCHAR', type: 'TINYINT',
    teryt: 'SMALLINT', task: 'TINYINT', sex: 'VARCHAR', birth: 'SMALLINT', day: 'DATE',
    amount: 'DECIMAL(12,2)',
};
const read = (file) => `read_csv('${file}',header=false,delim=',',columns={${
    Object.entries(COLUMNS).map(([name, type]) => `'${name}':'${type}'`).join(',')}})`;
const TABLE = `CREATE TABLE events(${
    Object.entries(COLUMNS).map(([name, type]) =>
        `${name} ${type}${name === 'event_id' ? ' PRIMARY KEY' : ''}`).join(',')})`;
const AGE_GROUP = `CASE ${
    [18, 25, 30, 40, 50, 60, 65].map((top, group) =>
        `WHEN year(day)-birth<${top} THEN ${group}`).join(' ')} ELSE 7 END`;
const TOTALS = `CREATE OR REPLACE TABLE totals AS
    SELECT teryt,task,type,sex,${AGE_GROUP} ageg,year(day)*100+month(day) mon,count(*) n,
    coalesce(sum(CAST(amount*100 AS BIGINT)),0) amount FROM events GROUP BY ALL`;
const UNIQUE = `CREATE OR REPLACE TABLE uniq AS
    SELECT teryt,task,count(DISTINCT person) n FROM events GROUP BY ALL`;
const ROWS = `SELECT printf('T|%02d|%04d|%d|%d|%s|%d|%04d-%02d|%d|%d',
    teryt//100,teryt,task,type,sex,ageg,mon//100,mon%100,n,CAST(amount AS BIGINT)) FROM totals
    UNION ALL SELECT printf('U|%04d|%d|%d',teryt,task,n) FROM uniq`;

const now = () => Number(process.hrtime.bigint()) / 1e9;

function out(what, metric, value) {
    console.log(`peer=duckdb mode=${what} metric=${metric} value=${value.toPrecision(6)}`);
}

function rowHash(text) {
    let h = 0xcbf29ce484222325n;
    for (let i = 0; i < text.length; i++) {
        h = ((h ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n) & M;
    }
    h = ((h ^ (h >> 30n)) * 0xbf58476d1ce4e5b9n) & M;
    h = ((h ^ (h >> 27n)) * 0x94d049bb133111ebn) & M;
    return h ^ (h >> 31n);
}

async function check(connection) {
    let sum = 0n;
    for (const [text] of (await connection.runAndReadAll(ROWS)).getRows()) {
        sum = (sum + rowHash(text)) & M;
    }
    const hex = sum.toString(16).padStart(16, '0'), wanted = process.env.EXPECT;
    const verdict = !wanted ? 'unchecked' : wanted === hex ? 'OK' : 'WRONG';
    console.log(`# check peer=duckdb mode=rebuild checksum=${hex} ${verdict}`);
}

// A file is a transaction; the primary key drops repetitions.
async function ingest(connection) {
    const batch = Number(batchText), lines = fs.readFileSync(csv, 'latin1').split('\n');
    const files = [];
    lines.pop();
    for (let i = 0; i < lines.length; i += batch) {
        files.push(`${database}.c${i}`);
        fs.writeFileSync(files.at(-1), lines.slice(i, i + batch).join('\n') + '\n');
    }
    await connection.run(TABLE);
    const start = now();
    for (const file of files) {
        await connection.run(`INSERT OR IGNORE INTO events SELECT * FROM ${read(file)}`);
    }
    out(`${mode}:dedup`, 'ingest_eps', lines.length / (now() - start));
}

async function rebuild(connection) {
    const start = now();
    await connection.run(TOTALS);
    await connection.run(UNIQUE);
    const took = now() - start;
    const count = await connection.runAndReadAll('SELECT count(*) FROM events');
    out(`${mode}:group-by`, 'replay_eps', Number(count.getRows()[0][0]) / took);
    await check(connection);
}

(async () => {
    const instance = await DuckDBInstance.create(database, { threads: '2', memory_limit: '8GB' });
    const jobs = { ingest, rebuild };
    await jobs[job](await instance.connect());
})().catch((error) => { console.error(error.message); process.exit(1); });
