throw new SyntaxError('thrown while loading')
