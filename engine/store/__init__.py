"""What is kept between requests: quotes in approval, their audit log, events to deliver, answers to repeated calls."""
