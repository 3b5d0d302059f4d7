// Lists the tests of http-cache-tests, with what it has of browsers' results, or
// runs those that are for browsers only.
import fs from 'fs'
import fetch from 'node-fetch'
import { runTests, getResults } from './node_modules/http-cache-tests/client/runner.mjs'
import suites from './node_modules/http-cache-tests/tests/index.mjs'
import surrogate from './node_modules/http-cache-tests/tests/surrogate-control.mjs'

suites.push(surrogate)

// What Fetch makes of its cache modes, which node-fetch does not know:
// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch, step 8.16
function browserFetch (url, init) {
  if (init?.cache === 'no-cache') init.headers.push(['Cache-Control', 'max-age=0'])
  return fetch(url, init)
}

function list () {
  const folder = './node_modules/http-cache-tests/results/'
  const browsers = {}
  for (const name of ['chrome', 'firefox', 'safari']) {
    browsers[name] = JSON.parse(fs.readFileSync(folder + name + '.json'))
  }
  return suites.flatMap(suite => suite.tests.map(test => ({
    id: test.id,
    suite: suite.id,
    name: test.name,
    kind: test.kind || 'required',
    browserOnly: test.browser_only === true,
    browserSkip: test.browser_skip === true,
    dependsOn: test.depends_on || [],
    browsers: Object.fromEntries(Object.entries(browsers).map(([name, results]) => {
      const r = results[test.id]
      return [name, r === undefined ? '' : r === true ? 'pass' : 'fail']
    }))
  })))
}

if (process.argv[2] === 'list') {
  console.log(JSON.stringify(list()))
} else {
  const only = suites.map(suite => ({ ...suite, tests: suite.tests.filter(test => test.browser_only) }))
  await runTests(only, browserFetch, true, process.argv[3])
  console.log(JSON.stringify(getResults()))
}
