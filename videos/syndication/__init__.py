"""What other programs are told of videos: previews of links, oEmbed, feeds, sitemaps, and addresses that last."""
