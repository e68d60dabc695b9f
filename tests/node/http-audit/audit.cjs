// Prints, as JSON, what the audit of GraphQL over HTTP finds at a URL: node audit.cjs URL
const {auditServer} = require('graphql-http')

auditServer({url: process.argv[2], fetchFn: (url, options) => fetch(url, options)}).then((results) => {
  console.log(JSON.stringify(results.map(({id, name, status, reason}) => ({id, name, status, reason}))))
})
