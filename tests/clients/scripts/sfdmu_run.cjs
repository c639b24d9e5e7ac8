// Runs SFDMU's command, a plugin of an older sfdx, without the program that it plugs into.
const { join } = require("node:path");
const home = join(process.env.CLIENT_HOME, "node_modules", "sfdmu");
const Run = require(join(home, "lib", "commands", "sfdmu", "run.js")).default;

Run.plugin = { root: home, name: "sfdmu", version: require(join(home, "package.json")).version, topics: [] };
Run.run(process.argv.slice(2), { root: home }).catch((error) => {
  console.error(error.stack);
  process.exit(1);
});
