"""The demo network: a story of invented people that follows the public history of the regional network.

`names` invents people, `places` says where they serve, `cast` holds the accounts and the 33 trainers, `story` and
`recent` say which trainings there were, `rosters` decides who sat in them, `builder` writes the rows.
"""
