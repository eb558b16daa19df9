-- Run once by the image when its data folder is empty: the schema registry keeps its own database beside ours.
create database registry;
