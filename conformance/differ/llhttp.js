// Reads cases from stdin and answers each with one outcome, as llhttp sees it.
// In: length (4 octets, big endian), length of the method (1), method, wire.
// Out: length, JSON; a string stands for octets, one character each.
'use strict';
const { HTTPParser } = process.binding('http_parser');

function read(method, wire) {
  const o = { interims: 0, status: 0, minor: 0, fields: [], body: '', trailer: [], used: 0, persists: false, switched: false };
  let inHead = true, done = false;
  const body = [];
  const parser = new HTTPParser();
  parser.initialize(HTTPParser.RESPONSE, {}, 1 << 30, HTTPParser.kLenientNone);
  // Called with a part of the fields when there are many, and for trailers.
  parser[HTTPParser.kOnHeaders] = (fields) => { (inHead ? o.fields : o.trailer).push(...fields); };
  parser[HTTPParser.kOnHeadersComplete] = (major, minor, fields, m, url, status, reason, upgrade, keepAlive) => {
    if (fields) o.fields.push(...fields);
    inHead = false;
    o.major = major;
    o.minor = minor;
    o.status = status;
    o.persists = keepAlive;
    o.switched = status === 101 || (method === 'CONNECT' && status >= 200 && status < 300);
    // 2: there is no body, nor more of HTTP; 1: there is no body.
    if (o.switched) return 2;
    return method === 'HEAD' || status < 200 ? 1 : 0;
  };
  parser[HTTPParser.kOnBody] = (part) => { body.push(Buffer.from(part)); };
  parser[HTTPParser.kOnMessageComplete] = () => {
    if (o.status < 200 && o.status >= 100 && o.status !== 101) {
      o.interims++;
      o.fields = [];
      o.trailer = [];
      inHead = true;
      return;
    }
    done = true;
  };
  let err;
  // Octet by octet, since that is how the place is known where a message ends.
  while (!done && err === undefined && o.used < wire.length) {
    const r = parser.execute(wire.subarray(o.used, ++o.used));
    if (typeof r !== 'number') err = r;
  }
  if (!done && err === undefined) err = parser.finish();
  parser.close();
  if (done) o.verdict = 0;
  else if (err === undefined || err.code === 'HPE_INVALID_EOF_STATE') o.verdict = 1;
  else o.verdict = 2;
  if (!done && err !== undefined) o.err = err.code + ' ' + err.reason;
  o.body = Buffer.concat(body).toString('latin1');
  return o;
}

let input = Buffer.alloc(0);
process.stdin.on('data', (data) => {
  input = input.length ? Buffer.concat([input, data]) : data;
  const output = [];
  for (let n; input.length >= 4 && input.length >= 4 + (n = input.readUInt32BE(0)); input = input.subarray(4 + n)) {
    const split = 5 + input[4];
    const text = Buffer.from(JSON.stringify(read(input.toString('latin1', 5, split), input.subarray(split, 4 + n))));
    const head = Buffer.alloc(4);
    head.writeUInt32BE(text.length);
    output.push(head, text);
  }
  if (output.length) process.stdout.write(Buffer.concat(output));
});
