"""The models; knows no article."""
