/* Written by train.py: from tenfold cross-validation on the training rows. */
#ifndef ABSTAIN_H
#define ABSTAIN_H

/* Probability of 'malignant': below the first the answer is benign, from the second on it is malignant, and between
   them a person looks. */
#define BENIGN_BELOW 0.21F
#define MALIGNANT_FROM 0.68F

#endif
