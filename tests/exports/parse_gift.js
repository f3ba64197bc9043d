// Reads a GIFT file with the npm package gift-pegjs, whose folder is the first argument, and prints
// what it found as JSON.
const fs = require("fs");
const parser = require(process.argv[2]);
console.log(JSON.stringify(parser.parse(fs.readFileSync(process.argv[3], "utf8"))));
