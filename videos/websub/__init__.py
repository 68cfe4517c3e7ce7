"""The WebSub hub of the site's feeds (W3C Recommendation of 23 January 2018): subscribers get each new version."""
