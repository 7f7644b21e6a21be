"""Appeals (诉求) as the user files them and asks after them."""
