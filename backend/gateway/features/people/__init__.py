"""People: invitations, sign-in by password or by a provider of OpenID Connect, sessions, roles."""
