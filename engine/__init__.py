"""How operations are executed. Knows GraphQL and nothing of telecom; could be published on its own."""
