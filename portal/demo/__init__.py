"""The demo network: a story of invented people that follows the public history of the regional network.

`names` invents people, `places` says where they serve, `cast` holds the accounts and the 33 trainers, `story` and `recent`
define the trainings, `rosters` assigns their participants. All events are written by the portal's own actions, in order of
time: `trainings`, `posts`, `discussion`, `handouts` and `measures` plan it, `clock` runs it, `builder` starts.
"""
