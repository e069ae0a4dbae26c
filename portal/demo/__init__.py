"""The demo network: a story of invented people that follows the public history of the regional network.

`names` invents people, `places` says where they serve, `cast` holds the accounts and the 33 trainers, `story` and `recent`
say which trainings there were, `rosters` decides who sat in them. What happened is written by the portal's own actions, in
the order of time: `trainings`, `posts`, `discussion`, `handouts` and `measures` plan it, `clock` runs it, `builder` begins.
"""
