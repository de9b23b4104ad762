// duckdb.js - node duckdb.js DBFILE CSV JOB BATCH MODE ; JOB: ingest | rebuild-csv | rebuild
const { DuckDBInstance } = require('@duckdb/node-api');
const fs = require('fs');
const [, , dbf, csv, job, batchS, mode] = process.argv;
const out = (m, k, v) => console.log(`peer=duckdb mode=${m} metric=${k} value=${v.toPrecision(6)}`);
const M = (1n << 64n) - 1n;
function lineHash(s) {
    let h = 0xcbf29ce484222325n;
    for (let i = 0; i < s.length; i++) h = ((h ^ BigInt(s.charCodeAt(i))) * 0x100000001b3n) & M;
    h = ((h ^ (h >> 30n)) * 0xbf58476d1ce4e5b9n) & M;
    h = ((h ^ (h >> 27n)) * 0x94d049bb133111ebn) & M;
    return h ^ (h >> 31n);
}
const READ = f => `read_csv('${f}',header=false,delim=',',columns={'partner':'SMALLINT','seq':'BIGINT','event_id':'VARCHAR','person':'VARCHAR','type':'TINYINT','teryt':'SMALLINT','task':'TINYINT','sex':'VARCHAR','birth':'SMALLINT','day':'DATE','amount':'DECIMAL(12,2)'})`;
const AG = `CASE WHEN year(day)-birth<18 THEN 0 WHEN year(day)-birth<25 THEN 1 WHEN year(day)-birth<30 THEN 2 WHEN year(day)-birth<40 THEN 3 WHEN year(day)-birth<50 THEN 4 WHEN year(day)-birth<60 THEN 5 WHEN year(day)-birth<65 THEN 6 ELSE 7 END`;
const TOT = src => `CREATE OR REPLACE TABLE totals AS SELECT teryt,task,type,sex,${AG} ageg,year(day)*100+month(day) mon,count(*) n,coalesce(sum(CAST(amount*100 AS BIGINT)),0) amount FROM ${src} GROUP BY ALL`;
const UNI = src => `CREATE OR REPLACE TABLE uniq AS SELECT teryt,task,count(DISTINCT person) n FROM ${src} GROUP BY ALL`;
(async () => {
    const inst = await DuckDBInstance.create(dbf, { threads: '2', memory_limit: '8GB' });
    const c = await inst.connect();
    const q = s => c.run(s);
    const count = async t => Number((await (await c.runAndReadAll(`SELECT count(*) FROM ${t}`)).getRows())[0][0]);
    const check = async what => {
        const r = await c.runAndReadAll(`SELECT printf('T|%02d|%04d|%d|%d|%s|%d|%04d-%02d|%d|%d',teryt//100,teryt,task,type,sex,ageg,mon//100,mon%100,n,CAST(amount AS BIGINT)) FROM totals UNION ALL SELECT printf('U|%04d|%d|%d',teryt,task,n) FROM uniq`);
        let h = 0n;
        for (const [s] of r.getRows()) h = (h + lineHash(s)) & M;
        const x = h.toString(16).padStart(16, '0');
        console.log(`# check peer=duckdb mode=${what} checksum=${x} ${!process.env.EXPECT ? 'unchecked' : process.env.EXPECT === x ? 'OK' : 'WRONG'}`);
    };
    if (job === 'ingest') { // a chunk file a transaction; the primary key drops repeats
        const batch = Number(batchS), lines = fs.readFileSync(csv, 'latin1').split('\n'); lines.pop();
        const files = [];
        for (let i = 0; i < lines.length; i += batch) { const f = `${dbf}.c${i}`; fs.writeFileSync(f, lines.slice(i, i + batch).join('\n') + '\n'); files.push(f); }
        await q('CREATE TABLE events(partner SMALLINT,seq BIGINT,event_id VARCHAR PRIMARY KEY,person VARCHAR,type TINYINT,teryt SMALLINT,task TINYINT,sex VARCHAR,birth SMALLINT,day DATE,amount DECIMAL(12,2))');
        const t0 = process.hrtime.bigint();
        for (const f of files) await q(`INSERT OR IGNORE INTO events SELECT * FROM ${READ(f)}`);
        out(`${mode}:dedup`, 'ingest_eps', lines.length / (Number(process.hrtime.bigint() - t0) / 1e9));
    } else if (job === 'rebuild-csv') {
        const t0 = process.hrtime.bigint();
        await q(`CREATE OR REPLACE TEMP TABLE ev AS SELECT * FROM ${READ(csv)}`);
        await q(`CREATE OR REPLACE TEMP TABLE d AS SELECT DISTINCT ON (event_id) * FROM ev`);
        await q(TOT('d')); await q(UNI('d'));
        out(`${mode}:from-csv+dedup+group-by`, 'replay_eps', (await count('ev')) / (Number(process.hrtime.bigint() - t0) / 1e9));
        await check('rebuild-csv');
    } else {
        const t0 = process.hrtime.bigint();
        await q(TOT('events')); await q(UNI('events'));
        out(`${mode}:group-by`, 'replay_eps', (await count('events')) / (Number(process.hrtime.bigint() - t0) / 1e9));
        await check('rebuild');
    }
})().catch(e => { console.error(e.message); process.exit(1); });
