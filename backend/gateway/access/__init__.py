"""Who may do what: keys, roles and scopes, what each route asks for, and all of it in memory."""
