"""What is spoken about: truths, names, requests, facts and findings; standard library only."""
