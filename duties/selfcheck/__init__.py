"""The monthly self-check by Qingdao West Coast 2020 no. 88, annex 2."""
