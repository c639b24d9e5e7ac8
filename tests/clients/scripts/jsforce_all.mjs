// Drives the sandbox with jsforce as a stranger would: logging in three ways, records, queries, both bulk APIs, SOAP.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(process.env.CLIENT_HOME + "/");
const jsforce = require("jsforce");
const org = JSON.parse(readFileSync(process.env.SANDBOX, "utf8"));
const version = "62.0";
const steps = {
  async "logs in by SOAP, finds out who it is, logs out"() {
    const connection = new jsforce.Connection({ loginUrl: org.url, version });
    const user = await connection.login(org.username, org.client_secret + org.org_id);
    assert.equal(user.organizationId.slice(0, 15), org.org_id.slice(0, 15));
    assert.equal((await connection.identity()).username, org.username);
    await connection.logout();
  },
  async "is refused with a wrong password"() {
    const connection = new jsforce.Connection({ loginUrl: org.url, version });
    await assert.rejects(connection.login(org.username, "wrong"), /INVALID_LOGIN/);
  },
  async "refreshes a session that has expired"() {
    const oauth2 = { loginUrl: org.url, clientId: org.client_id, clientSecret: org.client_secret };
    const connection = new jsforce.Connection({
      oauth2, version, instanceUrl: org.url, accessToken: "00D000000000000!expired", refreshToken: org.refresh_token,
    });
    assert.equal((await connection.query("SELECT Id FROM Organization")).totalSize, 1);
  },
  async "creates, reads, updates, upserts and deletes records"(connection) {
    const account = connection.sobject("Account");
    const made = await account.create({ Name: "One", Source_Key__c: "js-1" });
    assert.equal((await account.retrieve(made.id)).Name, "One");
    await account.update({ Id: made.id, Phone: "123" });
    const again = await account.upsert({ Source_Key__c: "js-1", Name: "Uno" }, "Source_Key__c");
    assert.equal(again.id, made.id);
    const many = await account.create([{ Name: "Two" }, { Phone: "no name" }]);
    assert.deepEqual(many.map((one) => one.success), [true, false]);
    assert.equal(many[1].errors[0].statusCode, "REQUIRED_FIELD_MISSING");
    const both = await account.retrieve([made.id, many[0].id]);
    assert.deepEqual(both.map((one) => one.Name), ["Uno", "Two"]);
    await account.destroy([made.id, many[0].id]);
    await assert.rejects(account.retrieve(made.id), { errorCode: "ENTITY_IS_DELETED" });
    const now = new Date(), before = new Date(now - 3600_000), after = new Date(+now + 60_000);
    const bin = (await account.deleted(before, after)).deletedRecords.map((one) => one.id);
    assert.ok(bin.includes(made.id) && bin.includes(many[0].id));
    assert.ok((await account.updated(before, after)).ids);
  },
  async "queries with pages, parents, children and conditions"(connection) {
    const names = Array.from({ length: 420 }, (_, number) => ({ Name: `Page ${String(number).padStart(3, "0")}` }));
    await connection.sobject("Account").create(names, { allowRecursive: true });
    const soql = "SELECT Id, Name, Owner.Name, (SELECT Id FROM Contacts) FROM Account WHERE Name LIKE 'Page%'";
    const found = await connection.query(soql, { autoFetch: true, headers: { "Sforce-Query-Options": "batchSize=200" } });
    assert.ok(found.records.length >= 420);
    const listed = await connection.sobject("Account").find({ Name: { $like: "Page 00%" } }, "Id, Name").sort("Name");
    assert.ok(listed.length >= 10);
    await assert.rejects(connection.query("SELECT Nope FROM Account"), { errorCode: "INVALID_FIELD" });
  },
  async "describes, and knows its limits"(connection) {
    assert.equal((await connection.describe("Contact")).keyPrefix, "003");
    assert.ok((await connection.describeGlobal()).sobjects.length > 3);
    assert.ok((await connection.limits()).DailyApiRequests.Remaining > 0);
    assert.ok(connection.limitInfo.apiUsage.limit > 0);
  },
  async "loads and queries through Bulk API 1.0"(connection) {
    connection.bulk.pollInterval = 50;
    const rows = [{ Name: "Bulk 1", Source_Key__c: "b1" }, { Name: "Bulk 2", Source_Key__c: "b2" }, { Phone: "no name" }];
    const saved = await connection.bulk.load("Account", "insert", rows);
    assert.deepEqual(saved.map((row) => row.success), [true, true, false]);
    assert.match(saved[2].errors[0], /^REQUIRED_FIELD_MISSING:Required fields are missing: \[Name\]:Name --$/);
    const updated = await connection.bulk.load("Account", "upsert", { extIdField: "Source_Key__c" }, [
      { Source_Key__c: "b1", Name: "Bulk eins" },
    ]);
    assert.equal(updated[0].id, saved[0].id);
    const found = [];
    const stream = await connection.bulk.query("SELECT Id, Name FROM Account WHERE Source_Key__c LIKE 'b%'");
    await new Promise((resolve, reject) => stream.on("record", (row) => found.push(row.Name)).on("end", resolve).on("error", reject));
    assert.deepEqual(found.sort(), ["Bulk 2", "Bulk eins"]);
    const gone = await connection.bulk.load("Account", "delete", saved.slice(0, 2).map(({ id }) => ({ Id: id })));
    assert.ok(gone.every((row) => row.success));
    const job = connection.bulk.createJob("Account", "insert");
    await job.open();
    await job.abort();
    const stranger = new jsforce.Connection({ instanceUrl: org.url, accessToken: "00D!no", version });
    await assert.rejects(stranger.bulk.createJob("Account", "insert").open(), { name: "InvalidSessionId" });
  },
  async "loads and queries through Bulk API 2.0"(connection) {
    connection.bulk2.pollInterval = 50;
    const input = [{ Name: "Two 1", Phone: "1" }, { Name: "Two 2", Phone: "2" }, { Name: "", Phone: "3" }];
    const done = await connection.bulk2.loadAndWaitForResults({ object: "Account", operation: "insert", input });
    assert.equal(done.successfulResults.length, 2);
    assert.match(done.failedResults[0].sf__Error, /^REQUIRED_FIELD_MISSING/);
    const rows = await (await connection.bulk2.query("SELECT Name FROM Account WHERE Name LIKE 'Two%'")).toArray();
    assert.deepEqual(rows.map((row) => row.Name).sort(), ["Two 1", "Two 2"]);
    const load = (operation, input, more) => connection.bulk2.loadAndWaitForResults({ object: "Account", operation, input, ...more });
    const keyed = await load("upsert", [{ Source_Key__c: "t1", Name: "Three" }], { externalIdFieldName: "Source_Key__c" });
    assert.equal(keyed.successfulResults[0].sf__Created, "true");
    const [{ sf__Id: Id }] = keyed.successfulResults;
    const updated = await load("update", [{ Id, Name: "Drei" }, { Id: "001000000000000AAA", Name: "No" }]);
    assert.deepEqual([updated.successfulResults.length, updated.failedResults.length, updated.unprocessedRecords.length], [1, 1, 0]);
    assert.equal((await connection.sobject("Account").retrieve(Id)).Name, "Drei");
    assert.equal((await load("delete", [{ Id }])).successfulResults[0].sf__Id, Id);
  },
  async "speaks SOAP"(connection) {
    assert.ok(new Date((await connection.soap.getServerTimestamp()).timestamp) > 0);
    assert.equal((await connection.soap.getUserInfo()).userName, org.username);
  },
  async "sends several calls in one"(connection) {
    const path = `/services/data/v${version}/sobjects/Account`;
    const answer = await connection.requestPost(`/services/data/v${version}/composite`, {
      compositeRequest: [
        { method: "POST", url: path, referenceId: "made", body: { Name: "Composed" } },
        { method: "GET", url: `${path}/@{made.id}?fields=Name`, referenceId: "read" },
      ],
    });
    assert.equal(answer.compositeResponse[1].body.Name, "Composed");
  },
};

const oauth2 = { loginUrl: org.url, clientId: org.client_id, clientSecret: org.client_secret };
const connection = new jsforce.Connection({ oauth2, version, loginUrl: org.url });
await connection.authorize({ grant_type: "client_credentials" });
for (const [name, step] of Object.entries(steps)) {
  try {
    await step(connection);
  } catch (error) {
    console.error(`jsforce ${name}: ${error.stack}`);
    process.exit(1);
  }
}
console.log(require("jsforce/package.json").version);
